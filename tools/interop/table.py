"""The tables that are printed, and whether everything in them is as it should be."""

import contextlib
import io


class Table:
    def __init__(self, title, *head):
        self.title, self.head, self.rows, self.failures = title, head, [], 0

    def row(self, is_right, *cells):
        """`None` is neither right nor wrong: something that is not served, or a tool that is missing."""
        self.failures += is_right is False
        sign = {True: "ok", False: "WRONG", None: "–"}[is_right]
        self.rows.append([str(cell) for cell in cells] + [sign])

    def show(self):
        rows = [[*self.head, ""]] + self.rows
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        print(f"\n{self.title}\n")
        for row in rows:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print(flush=True)


def check(table, client, what, work):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            is_right, words = work()
    except Exception as error:  # whatever a client throws is a row, not the end
        is_right, words = False, f"{type(error).__name__}: {error}"[:80]
    table.row(is_right, client, what, words)
