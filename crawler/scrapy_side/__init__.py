"""What Scrapy calls: spider, settings, scheduler, download handler, guard, progress."""
