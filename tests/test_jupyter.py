"""The explorer in a real JupyterLab in a headless Chromium: run all, drag the slider, look."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from conftest import absent
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

_CELLS = (
    """from explored import explored
from spread import report
explorer = report.explore(explored(names=True, hostile=True))
explorer""",
    "print('chosen', len(explorer.selected), 'of', len(explorer._index))",
    """from invented import arrivals
from spread import figures, samples
figures.map(arrivals(), outline=samples.path("world"), animated=True)""",
    "from IPython.display import HTML; HTML('<img src=x onerror=window.control_ran=1>')",
)
_READY = """
    const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
    const session = panel && panel.sessionContext && panel.sessionContext.session;
    return Boolean(session && session.kernel && session.kernel.status === "idle");"""
_DRAWN = """
    const drawn = (place) => document.querySelectorAll(`.spread-explorer ${place}`).length;
    return {timeline: drawn(".timeline path.js-line"), network: drawn(".network path.point") > 99,
            map: drawn(".map .scattergeo path") > 9, family: drawn(".family path.point") > 9};"""
_MAP = """
    const plots = [...document.querySelectorAll(".js-plotly-plot")];
    const alone = plots.filter((plot) => !plot.closest(".spread-explorer"));
    const paths = alone.flatMap((plot) => [...plot.querySelectorAll(".scattergeo path")]);
    return paths.filter((path) => path.style.opacity !== "0").length;"""
_INERT = """
    const at = document.querySelector(".spread-explorer");
    const point = at.querySelector(".family path.point").getBoundingClientRect();
    const plot = at.querySelector(".family .nsewdrag");
    for (const name of ["mouseover", "mousemove"])
      plot.dispatchEvent(new MouseEvent(name, {bubbles: true, clientX: point.x + 4,
                                               clientY: point.y + 4}));
    return {ran: window.payload_ran === undefined ? null : window.payload_ran,
            control: window.control_ran,
            links: [...at.querySelectorAll("a, iframe, img, script, [src]")].length,
            handlers: [...at.querySelectorAll("*")].flatMap((e) => [...e.attributes])
              .filter((a) => a.name.startsWith("on")).length,
            hovered: at.textContent.includes("payload_ran")};"""
_TOKEN = "invented"
_WAIT_S = 180


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a folder with one notebook by a JupyterLab of its own; give its address."""
    for package in ("jupyterlab", "anywidget"):
        if importlib.util.find_spec(package) is None:
            absent(f"{package} is not installed")
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in _CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "explore.ipynb")
    port = _free_port()
    settings = {
        "ServerApp.port": port, "ServerApp.port_retries": 0, "ServerApp.root_dir": folder,
        "IdentityProvider.token": _TOKEN, "ServerApp.open_browser": False,
        "ServerApp.allow_root": True, "LabApp.expose_app_in_browser": True,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }  # fmt: skip
    paths = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    here = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in settings.items())],
            stdout=log, stderr=log, env={**os.environ, **paths, "PYTHONPATH": here},
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _answers(f"{address}/api/status?token={_TOKEN}", server, folder / "log")
        yield f"{address}/lab/tree/explore.ipynb?token={_TOKEN}"
    finally:
        server.send_signal(signal.SIGINT)
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end and server.poll() is None:
        try:
            urlopen(address, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.3)
    pytest.fail(log.read_text()[-2000:])


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """Give a headless Chromium that reaches this machine alone."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        absent("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,2600",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"):  # fmt: skip
        options.add_argument(argument)
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    chrome.set_page_load_timeout(_WAIT_S)
    chrome.set_script_timeout(_WAIT_S)
    yield chrome
    chrome.quit()


def test_the_explorer_works_in_jupyterlab(browser: webdriver.Chrome, lab: str) -> None:
    """Open the notebook, run all, see the figures, drag the slider, ask for the tweets chosen."""
    wait = WebDriverWait(browser, _WAIT_S, poll_frequency=0.3)
    browser.get(lab)
    wait.until(lambda chrome: chrome.execute_script(_READY))
    _command(browser, "notebook:run-all-cells")
    wait.until(lambda chrome: _status(chrome).startswith("600 of 600 tweets"))
    assert browser.execute_script(_DRAWN) == {"timeline": 6, "network": True, "map": True,
                                              "family": True}  # fmt: skip
    handle = browser.find_element(By.CSS_SELECTOR, "input[aria-label='End of the window']")
    width = handle.size["width"]
    drag = ActionChains(browser).move_to_element_with_offset(handle, width // 2 - 9, 0)
    drag.click_and_hold().move_by_offset(-width // 2, 0).release().perform()
    wait.until(lambda chrome: not _status(chrome).startswith("600"))
    time.sleep(1)  # the answers to the last moves
    chosen = _status(browser).split()[0]
    assert 250 <= int(chosen) <= 350  # a tweet a minute, half of the window
    browser.execute_script("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1")
    _command(browser, "notebook:run-cell")
    wait.until(lambda chrome: f"chosen {chosen} of 600" in _outputs(chrome))
    assert "<script>window.payload_ran=1</script>" in _outputs(browser)  # as text
    inert = browser.execute_script(_INERT)
    assert inert == {"ran": None, "control": 1, "links": 0, "handlers": 0, "hovered": True}
    _turn_by_keys(browser, handle)
    browser.execute_script("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2")
    _command(browser, "notebook:run-cell")  # which brings it into view
    wait.until(lambda chrome: chrome.execute_script(_MAP) == 18)  # 16 cities, coasts, borders


def _turn_by_keys(browser: webdriver.Chrome, handle: WebElement) -> None:
    """Whatever the pointer can choose, the keyboard can."""
    wait = WebDriverWait(browser, _WAIT_S, poll_frequency=0.3)
    handle.send_keys(Keys.END)
    wait.until(lambda chrome: _status(chrome).startswith("600 of 600"))
    for kind, most in (("Account", 20), ("Tag", 250), ("Place", 250)):
        place = f"//div[@class='choose']/label[starts-with(., '{kind}')]/select"
        chooser = browser.find_element(By.XPATH, place)
        chooser.send_keys(Keys.ARROW_DOWN)
        wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, ".spread-explorer .chip"))
        assert 0 < int(_status(browser).split()[0]) < most
        browser.find_element(By.CSS_SELECTOR, ".spread-explorer .chip").send_keys(Keys.ENTER)
        wait.until(lambda chrome: _status(chrome).startswith("600 of 600"))
        assert chooser.get_property("value") == "-1"


def _command(browser: webdriver.Chrome, name: str) -> None:
    browser.execute_script("window.jupyterapp.commands.execute(arguments[0])", name)


def _status(browser: webdriver.Chrome) -> str:
    return browser.execute_script(
        "const told = document.querySelector('.spread-explorer[data-answered] .words');"
        "return told ? told.textContent : ''"
    )


def _outputs(browser: webdriver.Chrome) -> str:
    return browser.execute_script(
        "return [...document.querySelectorAll('.jp-OutputArea-output')]"
        ".map((output) => output.textContent).join(' ')"
    )
