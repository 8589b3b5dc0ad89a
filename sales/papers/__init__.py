"""Papers to print and sign: the account agreed with an agent, the list of agents' taxes. Pure."""
