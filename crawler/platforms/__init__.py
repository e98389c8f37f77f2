"""One room an engine (forum or wiki software), and the registry that reads them."""
