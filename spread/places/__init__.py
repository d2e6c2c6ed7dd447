"""Where: cities and countries of accounts, when a tag arrived, how concentrated it is."""

from spread.places._locate import candidates, locate, nearest_cities

__all__ = ["candidates", "locate", "nearest_cities"]
