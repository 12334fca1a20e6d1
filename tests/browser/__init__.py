"""The dashboard's page in a real browser, before a real dashboard, worker and broker."""
