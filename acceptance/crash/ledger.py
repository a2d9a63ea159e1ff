"""What was promised: every write that was answered, and every one of which we cannot know."""

import threading
from collections import defaultdict


class Ledger:
    """Shared by all workers; every method is whole."""

    def __init__(self):
        self._lock = threading.Lock()
        # (room, transaction) → (sender, text, event ID), once acknowledged.
        self.sent = {}
        # Sends without an answer: they may have happened, once.
        self.unknown = {}
        # Redactions acknowledged: (room, event ID of what was redacted).
        self.redacted = set()
        self.maybe_redacted = set()
        # (server, media ID) → SHA-256.
        self.media = {}
        # Events that were sent again after a kill: their order among the others is not promised.
        self.retried = set()
        # Values that overwrite each other: key → values that may be read now. None: not there.
        self.values = defaultdict(lambda: [None])
        # Checks that must hold from now on: (what, function that returns whether it does).
        self.facts = []
        # Answers that should not be: 5xx, or refusals of what is right.
        self.faults = []

    def send_begins(self, room, txn, sender, text):
        with self._lock:
            self.unknown[room, txn] = (sender, text)

    def send_ends(self, room, txn, event_id):
        """Notes the answer; the same transaction must give the same event."""
        with self._lock:
            sender, text = self.unknown.pop((room, txn))
            known = self.sent.setdefault((room, txn), (sender, text, event_id))
            if known[2] != event_id:
                self.faults.append(f"transaction {txn} gave {known[2]}, then {event_id}")

    def write_begins(self, key, value):
        """A value is on its way: from now on it may be what is read."""
        with self._lock:
            self.values[key].append(value)

    def write_ends(self, key, value):
        """A value was acknowledged: nothing older may be read."""
        with self._lock:
            values = self.values[key]
            del values[:values.index(value)]

    def redaction_begins(self, room, event_id):
        with self._lock:
            self.maybe_redacted.add((room, event_id))

    def redaction_ends(self, room, event_id):
        with self._lock:
            self.redacted.add((room, event_id))

    def note_media(self, media, digest):
        with self._lock:
            self.media[media] = digest

    def note_fact(self, what, holds):
        with self._lock:
            self.facts.append((what, holds))

    def fault(self, what):
        with self._lock:
            self.faults.append(what)

    def candidates(self, room):
        """Acknowledged messages of a room that nobody has begun to redact."""
        with self._lock:
            return [v for (r, _), v in self.sent.items()
                    if r == room and (r, v[2]) not in self.maybe_redacted]
