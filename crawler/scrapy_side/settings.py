"""Derive Scrapy's settings from ours: politeness and limits. All that Scrapy does by itself beyond them is off."""

from typing import Any

from pipeline.schema.crawl import CrawlConfig


def scrapy_settings(config: CrawlConfig, addresses: dict[str, str]) -> dict[str, Any]:
    """`addresses`: host:port -> address:port, with the served one filled in."""
    http = "crawler.scrapy_side.handler.Handler"
    return {
        "SCHEDULER": "crawler.scrapy_side.scheduler.Scheduler",
        # No file://, ftp://, s3:// or data: link is ever fetched.
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {"http": http, "https": http},
        # Redirects, retries, robots.txt, offsite and compression are the session's business, where they are archived
        # and booked; cookies (whose middleware asks the web for a list of suffixes) and proxies are nobody's.
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {"crawler.scrapy_side.origin_check.OriginCheck": 10},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "EXTENSIONS": {"crawler.scrapy_side.progress.Progress": 0, "scrapy.extensions.throttle.AutoThrottle": 0},
        "TWISTED_DNS_RESOLVER": "crawler.scrapy_side.guard.GuardedResolver",
        "WENYUAN_ADDRESSES": addresses,
        "DNSCACHE_ENABLED": False,
        "DNS_TIMEOUT": min(30.0, config.timeout),
        "AUTOTHROTTLE_ENABLED": config.autothrottle,
        "AUTOTHROTTLE_START_DELAY": config.delay,
        "AUTOTHROTTLE_MAX_DELAY": config.max_delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "DOWNLOAD_DELAY": config.delay,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "CONCURRENT_REQUESTS": config.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": config.per_host,
        "DOWNLOAD_TIMEOUT": config.timeout,
        "DOWNLOAD_MAXSIZE": config.max_response_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "USER_AGENT": config.user_agent,
        "STATS_DUMP": False,
    }
