"""A simulated ZKTeco terminal that speaks the real wire protocol by TCP and UDP.

For tests, benches and the demonstration. `scripts/simulate-terminal --help` runs one or several.

    log.py       the log: records as plain data, packed into a terminal's layouts
    people.py    believable punches: a pure function of people, seed, date
    faults.py    what may go wrong
    terminal.py  the terminal itself: packet in, packets out
    server.py    TCP and UDP around it
    main.py      the command

**The people file** (JSON) says who uses a terminal, and when they come and go:

    {"holidays": ["2026-09-02"],
     "people": [{"user_id": "17", "name": "Nguyễn Thị An",
                 "week": {"mon": [["07:30", "11:30"], ["13:00", "16:30"]], "sat": []},
                 "from": "2025-10-01", "to": null,
                 "away": [["2026-03-02", "2026-03-06"]],
                 "dates": {"2026-11-03": [["16:00", "20:00"]]}}]}

`week` gives the spans of each weekday (a day left out is free); an end before its start is on the
next day. `dates` replaces the week on single dates. `from`, `to`, `away` (both days included) and
`dates` may be left out. Everyone punches at both ends of each span, with human disorder.

**The terminals file** (JSON, `--config`) runs several terminals in one process:

    [{"serial": "DEMO0001", "port": 4371, "people": "people-1.json", "seed": 1,
      "since": "2025-10-01", "comm_key": 0, "udp": true}]
"""
