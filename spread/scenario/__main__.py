"""`python -m spread.scenario`: a synthetic archive with its truth."""

from spread.cli import scenario

raise SystemExit(scenario.main())
