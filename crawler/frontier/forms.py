"""Bound the addresses of one form, such as thread-0-0-0.html, by their number and by pages that are all alike."""

from dataclasses import dataclass

from crawler.addresses.urls import template
from crawler.frontier.store import Store

_IN_MEMORY = 50_000
_PROBE = 10
"""Where all pages of a form are identical, fetch one address in _PROBE to see whether that has changed."""


@dataclass(slots=True)
class Form:
    """What is known of the addresses of one form on one host."""

    seen: int = 0
    fold: str | None = None
    run: int = 0
    """Pages in a row with that fingerprint."""
    passed: int = 0
    """Addresses that were not tried since."""


class Forms:
    def __init__(self, store: Store, max_per_template: int, max_identical: int) -> None:
        self.store, self.max_per_template, self.max_identical = store, max_per_template, max_identical
        self._forms: dict[str, Form] = {}
        self._touched: set[str] = set()

    def _form(self, name: str) -> Form:
        if name not in self._forms:
            row = self.store.form(name)
            self._forms[name] = Form(*row) if row else Form()
        return self._forms[name]

    def admit(self, url: str) -> bool:
        """Count an address; False if enough of its form are queued already."""
        name = template(url)
        form = self._form(name)
        if form.seen >= self.max_per_template:
            return False
        form.seen += 1
        self._touched.add(name)
        return True

    def is_trapped(self, url: str) -> bool:
        """Of a form whose last pages were all alike only one address in ten is tried; should it be another page, as
        after many threads of a closed board, the rest is queued again."""
        form = self._form(template(url))
        if form.run < self.max_identical:
            return False
        form.passed += 1
        return form.passed % _PROBE != 0

    def see(self, url: str, fold: str) -> str | None:
        """Note a page's fingerprint; the name of its form if that was trapped and this page is another one."""
        name = template(url)
        form = self._form(name)
        freed = form.run >= self.max_identical and form.fold != fold
        form.run = form.run + 1 if form.fold == fold else 1
        form.fold = fold
        self._touched.add(name)
        return name if freed else None

    def save(self) -> None:
        """Write what has changed since the last call."""
        changed = [(name, self._forms[name]) for name in sorted(self._touched)]
        self.store.save_forms((name, form.seen, form.fold, form.run) for name, form in changed)
        self._touched.clear()
        if len(self._forms) > _IN_MEMORY:
            self._forms.clear()
