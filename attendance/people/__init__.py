"""People and their ids on terminals: who is to be on which, whose a punch is, where people belong.

names.py         a name as a terminal can show it (pure)
planning.py      what differs between a terminal and the register (pure)
knowing.py       what was read of a terminal's users, kept
tasks.py         additions and removals as rows, done by the collectors, proved by reading back
copying.py       fingers from one terminal to another, if that is switched on
consent.py       consent to the use of fingerprints, and its withdrawal
owners.py        whose a punch is
waiting.py       punches whose user id is nobody's yet
suggesting.py    who such an id probably is (pure)
enrolment.py     saying whose it is
staff.py         employees to choose from
transferring.py  transfers between departments, sites and positions
"""
