"""The draws: their calendar and results, what a ticket wins, claims of prizes and their payment."""
