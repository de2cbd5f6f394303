"""A model of a disk that may lose unsynced data: the files of a recording, and the states in which
a power cut may leave them.

Durable are a file's content as of its last fsync or fdatasync, and a folder's names as of its last
fsync. Each later write may have reached the disk or not, completely or in part, in any order; each
later change of a name may have happened or not. Data that a sync failed to write may be lost for
good, even if a later sync succeeds."""

import os

SECTOR = 512


class File:
    def __init__(self):
        self.durable = bytearray()
        self.size = 0
        self.pending = []

    def write(self, offset, data):
        offset = self.size if offset is None else offset
        self.pending.append((offset, data))
        self.size = max(self.size, offset + len(data))

    def truncate(self, size):
        self.pending.append((size, None))
        self.size = size

    def sync(self):
        for change in self.pending:
            apply(self.durable, *change)
        self.pending = []

    def lose(self):
        """Handles a failed sync: Linux then marks the data as written, so no later sync writes
        it."""
        self.pending = []

    def survive(self, chance):
        """The content after a power cut."""
        content = bytearray(self.durable)
        for change in chance.some_of(self.pending):
            for part in chance.torn(*change):
                apply(content, *part)
        return content


class Folder:
    def __init__(self):
        self.durable = {}
        self.names = {}
        self.pending = []

    def change(self, name, node):
        """Assigns the name to a file or folder, or removes it."""
        self.move([(name, node)])

    def move(self, changes):
        """Changes several names atomically."""
        self.pending.append(changes)
        rename(self.names, changes)

    def sync(self):
        self.durable = dict(self.names)
        self.pending = []

    def survive(self, chance):
        """The names after a power cut."""
        names = dict(self.durable)
        for changes in chance.some_of(self.pending):
            rename(names, changes)
        return names


def apply(content, offset, data):
    """Writes the data at the offset, or truncates the content to the offset."""
    content.extend(bytes(max(0, offset - len(content))))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


def rename(names, changes):
    for name, node in changes:
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Chance:
    """Decides what happens to unsynced data."""

    def __init__(self, random):
        self.random = random

    def some_of(self, pending):
        """Selects none of the changes, all, the first ones, or a random subset."""
        choice = self.random.randrange(4)
        if choice == 0:
            return []
        if choice == 1:
            return pending
        if choice == 2:
            return pending[: self.random.randint(0, len(pending))]
        return [change for change in pending if self.random.random() < 0.5]

    def torn(self, offset, data):
        """The parts of a write that reached the disk: sometimes only some of its sectors."""
        if data is None or len(data) <= SECTOR or self.random.random() < 0.7:
            return [(offset, data)]
        ends = [*range(SECTOR - offset % SECTOR, len(data), SECTOR), len(data)]
        parts = zip([0, *ends], ends)
        return [
            (offset + start, data[start:end]) for start, end in parts if self.random.random() < 0.5
        ]


class Disk:
    """The files below a folder, to which recorded events are applied."""

    def __init__(self, root, random):
        self.path = root
        self.random = random
        self.root = Folder()

    def find(self, path):
        node = self.root
        for name in os.path.relpath(path, self.path).split("/"):
            node = node if name == "." else node.names[name]
        return node

    def apply_event(self, event):
        """Applies an event of a recording."""
        folder, name = (
            self.find(os.path.dirname(event.path)) if event.path != self.path else None
        ), os.path.basename(event.path)
        if event.call == "create" and name not in folder.names:
            folder.change(name, File())
        elif event.call == "mkdir":
            folder.change(name, Folder())
        elif event.call == "unlink":
            folder.change(name, None)
        elif event.call == "rename":
            assert os.path.dirname(event.to) == os.path.dirname(
                event.path
            ), "the model does not support moves between folders"
            folder.move([(os.path.basename(event.to), folder.names[name]), (name, None)])
        elif event.call == "write":
            self.find(event.path).write(event.offset, event.data)
        elif event.call == "truncate":
            self.find(event.path).truncate(event.size)
        elif event.call == "sync":
            self.find(event.path).sync()
        elif event.call == "failed sync" and self.random.random() < 0.5:
            self.find(event.path).lose()

    def cut_power(self, chance):
        """The files after a power cut, by their paths below the folder; folders have no content."""
        return dict(survivors(self.root, "", chance))


def survivors(folder, path, chance):
    for name, node in folder.survive(chance).items():
        below = os.path.join(path, name)
        if isinstance(node, Folder):
            yield below, None
            yield from survivors(node, below, chance)
        else:
            yield below, node.survive(chance)
