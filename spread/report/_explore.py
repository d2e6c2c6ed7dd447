"""A study to be turned in a notebook: a slider of time, linked figures, tweets to read."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from spread.report import _explore_evidence, _explore_index, _explore_views
from spread.study import Study

__all__ = ["Still", "explore"]


@dataclass(frozen=True, repr=False)
class Still:
    """What `explore` gives where anywidget is missing: the figures as they stand, all tweets."""

    figures: dict[str, go.Figure]
    selected: pd.DataFrame
    title: str = ""

    def __repr__(self) -> str:
        return (
            f"<{len(self.figures)} figures and {len(self.selected):,} tweets; to turn them, "
            "python -m pip install 'spread[notebook]'>"
        )

    def _ipython_display_(self) -> None:
        from IPython.display import display

        print(*filter(None, [self.title, repr(self).strip("<>")]), sep="\n")
        for figure in self.figures.values():
            display(figure)  # type: ignore[no-untyped-call]


def explore(study: Study) -> Any:
    """Show a study as one widget: timeline, network, map and family, and a slider of time.

    Moving the slider, or dragging over the timeline, counts the tweets of that window in each
    figure; a click on an account, a city or a tag leaves its tweets alone. Under the figures
    stand the tweets that most of them go back to. The browser is sent counts, never all texts,
    and asks no network for anything.

    Parameters
    ----------
    study
        What `study.run` returns.

    Returns
    -------
    Explorer or Still
        In a cell of its own it shows itself. `.selected` is a frame of the tweets chosen
        (tweet_id, at, account, kind, text, hashtags, retweet_of); `.window` their window of
        time, which can be set; `.pick(account=, tag=, place=)` chooses as a click does.
        Without anywidget (extra `notebook`) it is a `Still`: the same figures, which stand
        still, and all tweets.

    Examples
    --------
    >>> from spread import samples, study
    >>> s = study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)
    >>> explorer = explore(s)
    >>> len(explorer.selected)
    575
    >>> explorer.window = "2014-04-22T18:00Z", "2014-04-22T18:05Z"
    >>> len(explorer.selected)
    44
    """
    index = _explore_index.index(study)
    evidence = _explore_evidence.evidence(study, index)
    try:
        from spread.report._explore_widget import Explorer
    except ImportError:
        still = _explore_views.still(study, index)
        return Still(still, evidence.of(index.tweet_id), study.title)
    return Explorer(index, evidence, _explore_views.views(study, index), title=study.title)
