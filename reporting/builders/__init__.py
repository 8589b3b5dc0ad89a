"""The content of a report, and what every face makes of it: page, mail, PDF, Excel, Word, slides. Pure."""
