"""What was checked, in plain words, and whether all of it held."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """The lines of a check, in order; `is_good` until one of them fails."""

    lines: list[str] = field(default_factory=list)
    is_good: bool = True

    def holds(self, sentence: str) -> None:
        self.lines.append(f"  [ok]   {sentence}")

    def fails(self, sentence: str) -> None:
        self.is_good = False
        self.lines.append(f"  [FAIL] {sentence}")

    def says(self, sentence: str) -> None:
        """A fact that is neither good nor bad."""
        self.lines.append(f"  [note] {sentence}")

    def check(self, is_so: bool, good: str, bad: str) -> bool:
        if is_so:
            self.holds(good)
        else:
            self.fails(bad)
        return is_so

    def heading(self, text: str) -> None:
        self.lines.append(text)
