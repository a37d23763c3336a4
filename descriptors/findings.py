# SPDX-License-Identifier: Apache-2.0
"""The list that findings are collected in, so that one run reports all of them."""

from __future__ import annotations

from descriptors.package import FIELD, STRICT, Finding, Limits

_LIMIT = Limits().findings


class Stop(Exception):
    """Reading cannot go on; why is among the findings."""


class Findings(list[Finding]):
    """Findings, the same one once. Raises Stop when there are more than `limit`."""

    def __init__(self, limit: int = _LIMIT, profile: str = FIELD) -> None:
        super().__init__()
        self.profile = profile
        self._limit, self._seen = limit, set[Finding]()
        self.silent: frozenset[str] = frozenset()  # rules that only repeat what was said before

    def error(
        self, rule: str, file: str, message: str, hint: str = "", at: tuple[int, int] = (0, 0)
    ) -> None:
        """Adds a finding for which the package is refused; `at`: line and column."""
        self._add(Finding(rule, "error", file, *at, _short(message), _short(hint)))

    def warning(
        self, rule: str, file: str, message: str, hint: str = "", at: tuple[int, int] = (0, 0)
    ) -> None:
        """Adds a finding for which it is not."""
        self._add(Finding(rule, "warning", file, *at, _short(message), _short(hint)))

    def by_profile(
        self, rule: str, file: str, message: str, hint: str = "", at: tuple[int, int] = (0, 0)
    ) -> None:
        """Adds what has one meaning only, which `message` says: an error by the letter only."""
        add = self.error if self.profile == STRICT else self.warning
        add(rule, file, message, hint, at)

    def _add(self, finding: Finding) -> None:
        if finding in self._seen or finding.rule in self.silent:
            return
        if len(self) > self._limit:
            raise Stop
        if len(self) == self._limit:
            message = f"the limit `findings` of {self._limit} is exceeded; there are more"
            hint = "correct these first"
            self.append(Finding("parser-limit", "error", finding.file, 0, 0, message, hint))
            raise Stop
        self._seen.add(finding)
        self.append(finding)


def _short(words: str, most: int = 1000) -> str:
    return words if len(words) <= most else words[:most] + " …"


def words(error: BaseException) -> str:
    """What an exception says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
