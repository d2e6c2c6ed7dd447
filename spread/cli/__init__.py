"""Options in, one call, files out: a command for each room that has one.

`python -m spread.cascade` (the whole path), `spread.archive`, `spread.scenario`,
`spread.places`. Exit codes: 0 done; 1 an error of the program; 2 usage; 3 done, but some input
was rejected; 4 nothing usable; 5 cannot write; 130 interrupted.
"""
