"""What agents pay and owe: payments, the bank, limits, debts, interest, settlement, books."""
