"""Mail servers as one meets them: each a file in the language of the fault script."""

from pathlib import Path

from meetbot.sandbox import faults

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def entries(name: str) -> object:
    """The `smtp:` list of a profile. Raises ScriptError for an unknown name."""
    if name not in NAMES:
        raise faults.ScriptError(f"unknown mail server {name!r}; known are {', '.join(NAMES)}")
    return faults.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")).get("smtp", [])
