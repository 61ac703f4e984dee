"""What the store's diagnostic codes mean, for `imagepipe explain`."""

from imagepipe.errors import Explanation

CODES = {
    "disk-full": Explanation(
        "There is no room for what must be written. Before a request is sent, room for its answer is reserved, so this "
        "is said before money is spent.",
        "cannot write .git/imagepipe/spools/4f…: the disk is full (8.0 MiB needed)",
        "Free some space, or choose another place with IMAGEPIPE_STORE, and run again.",
    ),
    "disk-quota": Explanation(
        "Your quota on this file system is used up.",
        "cannot write …: your disk quota is used up (8.0 MiB needed)",
        "Free some space, or choose another place with IMAGEPIPE_STORE, and run again.",
    ),
    "disk-limit": Explanation(
        "The system does not let this process write a file of that size.",
        "cannot write …: the file would be larger than this system allows (8.0 MiB needed)",
        "Raise the limit (`ulimit -f`) and run again.",
    ),
    "disk-denied": Explanation(
        "The folder may not be written by you.",
        "cannot write /srv/store/receipts: permission was denied",
        "Change the folder's permissions, or choose another place with IMAGEPIPE_STORE.",
    ),
    "disk-read-only": Explanation(
        "The file system is mounted read-only. Planning and checking work on it, building does not.",
        "cannot write …: the file system is read-only",
        "Choose a writable place with IMAGEPIPE_STORE.",
    ),
    "disk-fault": Explanation(
        "The disk reported an error while writing. A file whose sync failed is never trusted again.",
        "cannot write …: the disk reported an error",
        "Check the disk. What was received is in the store or in the rescue folder that was named.",
    ),
    "disk-no-locks": Explanation(
        "The file system offers no kernel locks, without which two builds could pay twice.",
        "cannot lock /mnt/share/store/locks/use: No locks available",
        "Put the store on a local file system with IMAGEPIPE_STORE.",
    ),
    "store-newer": Explanation(
        "A later imagepipe wrote this store in a form that this one does not know. It was not touched.",
        "the store .git/imagepipe was written by a newer imagepipe (format 2, this one reads 1)",
        "Upgrade imagepipe.",
    ),
    "store-damaged": Explanation(
        "The folder's `format` file does not say that it is a store.",
        ".git/imagepipe/format does not say that this is a store",
        "Point IMAGEPIPE_STORE at a store, or restore the file from a copy.",
    ),
    "store-unreadable": Explanation(
        "The store is there but may not be read.",
        "cannot read .git/imagepipe/format: Permission denied",
        "Change the folder's permissions.",
    ),
    "blob-damaged": Explanation(
        "A stored picture no longer matches its name: it was cut short or changed. It was set aside, never served.",
        "blobs/3a/3a…: the stored picture is empty; it was moved to quarantine/3a….1f",
        "Copy it from another clone's store; else `plan` says what making it anew would cost.",
    ),
    "receipt-damaged": Explanation(
        "The note of a paid answer cannot be read. It was set aside; the pictures are still there.",
        "receipts/3a/3a….r1.json: the receipt cannot be read: its checksum does not match",
        "Copy it from another clone's store, or take the picture with `imagepipe adopt`.",
    ),
    "receipt-unreadable": Explanation(
        "The note of a paid answer is there but the system would not let it be read.",
        "cannot read receipts/3a/…: Permission denied",
        "Check the permissions and the disk.",
    ),
    "refusal-damaged": Explanation(
        "A remembered refusal cannot be read and counts as none.",
        "refusals/3a….json: the remembered refusal cannot be read",
        "Nothing to do: the provider will be asked again.",
    ),
    "intent-damaged": Explanation(
        "The note of a request that was sent cannot be read, so its asset and cost are unknown.",
        "intents/4f….json: the note of a request that was sent cannot be read",
        "Look at the provider's usage page, then remove the file and the spool of the same name.",
    ),
    "spool-unreadable": Explanation(
        "A received answer is there but the system would not let it be read; it counts as in doubt.",
        "cannot read spools/4f…: Input/output error",
        "Check the disk and run again.",
    ),
    "answer-too-large": Explanation(
        "The provider sent far more than the request could need, and the answer was cut off.",
        "the answer is larger than 64.0 MiB and was cut off",
        "The request counts as in doubt; look at the provider's usage page.",
    ),
    "answer-rescued": Explanation(
        "The store's disk failed after an answer was received; it was saved elsewhere.",
        "the disk failed (Input/output error); a received answer was saved as /tmp/imagepipe-rescue/4f…",
        "Leave it where it is and build once the disk is well: it will be taken from there.",
    ),
    "answer-unsaved": Explanation(
        "The store's disk failed after an answer was received, and no other folder took it. It goes on in memory.",
        "the disk failed (Input/output error) and a received answer could be saved nowhere",
        "Let the build end: it publishes what it holds.",
    ),
    "busy": Explanation(
        "Another build holds what is needed. Locks end with the process that holds them; nothing is ever stale.",
        "the request sha256:3a4f… is held by another build (process 412 on studio)",
        "Wait for it to end, or give it longer with --lock-timeout SECONDS.",
    ),
}
