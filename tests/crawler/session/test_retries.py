"""Retry-After in both its forms, and the wait that doubles with each attempt."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from omegaconf import OmegaConf

from crawler.session.retries import seconds_of, wait_before_next
from pipeline.core.compose import compose_params
from pipeline.core.config import load_section
from pipeline.schema.crawl import CrawlConfig


@pytest.fixture(scope="module")
def config() -> CrawlConfig:
    params = OmegaConf.create(OmegaConf.to_yaml(compose_params(["crawl=sample"])))
    params.crawl.retry_delay, params.crawl.max_retry_after = 2.0, 60.0
    return load_section(params, "crawl", CrawlConfig)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120.0), (" 0 ", 0.0), ("", None), ("soon", None), ("1234567890", None), ("-5", None)],
)
def test_seconds(text, seconds):
    assert seconds_of(text) == seconds


def test_a_date_is_counted_from_now_and_one_that_is_past_is_no_wait():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 95 < seconds_of(later) <= 100
    assert seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_the_wait_doubles_and_the_server_may_ask_for_more_up_to_a_cap(config):
    assert [wait_before_next(config, attempts, "") for attempts in range(4)] == [2.0, 4.0, 8.0, 16.0]
    assert wait_before_next(config, 0, "30") == 30.0
    assert wait_before_next(config, 0, "3600") == 60.0
    assert wait_before_next(config, 3, "1") == 16.0
