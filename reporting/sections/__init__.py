"""Parts of reports that several definitions share. Pure but for the addresses of pages."""
