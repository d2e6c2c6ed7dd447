"""`python -m spread.places`: which city a location names."""

from spread.cli import places

raise SystemExit(places.main())
