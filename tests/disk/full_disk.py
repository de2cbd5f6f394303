"""Fills the disk of a running server, a small file system in memory: reads succeed, writes are
refused, and once there is room they succeed again."""

import os
import subprocess
import sys

import workload
from failing_disk import Site, own_folder
from server import Server

SIZE = 24 * 1024 * 1024


def fill(path):
    """Fills the remaining space."""
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


def suffer(folder):
    site = Site(folder)
    ballast = os.path.join(folder, "ballast")
    try:
        refused = 0
        for _ in range(3):
            site.must_work()
            fill(ballast)
            statuses = [site.write() for _ in range(400)]
            assert 503 in statuses, "the disk is not full"
            refused += statuses.count(503)
            # Sometimes the write-ahead log still has room for a short write.
            assert (
                statuses[-1] != 503 or not site.server.is_ready()
            ), "the server is ready although the disk is full"
            site.check_shown()
            assert site.client.call("GET", "/tag")[0] == 200
            os.remove(ballast)
            site.must_work()
        # A start may fail on a full disk, and must succeed once there is room.
        fill(ballast)
        site.server.kill()
        Server(site.data).kill()
        os.remove(ballast)
        site.start_again()
        site.must_work()
        assert (
            workload.stored(os.path.join(site.data, "patchbay.db")).keys()
            == workload.listed(site.client).keys()
        )
        return refused
    finally:
        site.server.kill()


def main():
    with own_folder() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder],
            capture_output=True,
            text=True,
        )
        if mounted.returncode:
            print(
                "NOT TRIED: full disk, because nothing can be mounted here: "
                + mounted.stderr.strip()
            )
            return 0
        try:
            refused = suffer(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    print(f"full disk, filled 3 times: {refused} writes refused, nothing lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
