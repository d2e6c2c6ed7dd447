"""A figure that can be played: two buttons and a slider of time."""

import plotly.graph_objects as go

from spread.figures._style import INK, MUTED

__all__ = ["controls"]

_FRAME_MS = 500


def controls(figure: go.Figure, *, y: float) -> None:
    """Add the buttons and the slider to a figure with frames.

    A frame's group is how its moment is written. The slider stands at the last; `y` is where
    it lies, as a share of the plot.
    """
    at_once = {"mode": "immediate", "frame": {"duration": 0}, "transition": {"duration": 0}}
    onward = {"fromcurrent": True, "frame": {"duration": _FRAME_MS}, "transition": {"duration": 0}}
    steps = [
        {"label": frame.group, "method": "animate", "args": [[frame.name], at_once]}
        for frame in figure.frames
    ]
    buttons = [
        {"label": "▶ Play", "method": "animate", "args": [None, onward]},
        {"label": "❚❚ Pause", "method": "animate", "args": [[None], at_once]},
    ]
    figure.update_layout(
        sliders=[
            {
                "active": len(steps) - 1, "x": 0.5, "xanchor": "center", "len": 0.8, "y": y,
                "pad": {"t": 0}, "ticklen": 0, "minorticklen": 0, "steps": steps,
                "font": {"size": 1, "color": "rgba(0,0,0,0)"},  # labels would not fit a telephone
                "currentvalue": {"prefix": "until ", "xanchor": "center",
                                 "font": {"size": 13, "color": INK}},
            }
        ],
        updatemenus=[
            {
                "type": "buttons", "direction": "right", "showactive": False, "x": 0.0,
                "xanchor": "left", "y": 1.0, "yanchor": "bottom", "pad": {"t": 0},
                "bgcolor": "#ffffff", "bordercolor": MUTED, "font": {"color": INK},
                "buttons": buttons,
            }
        ],
    )  # fmt: skip
