"""The report: charts and tables on one page."""
