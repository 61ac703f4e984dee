"""What the codes of this room mean, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "no-manifest": Explanation(
        "There is no assets.yaml here or in any folder above.",
        "imagepipe plan, in a folder without a project",
        "`imagepipe init` makes one; `-C DIR` and `-f FILE` say where one is.",
    ),
    "private-link": Explanation(
        "`.imagepipe` is a symbolic link; writing there would lead out of the project.",
        ".imagepipe -> /somewhere/else",
        "Remove the link: imagepipe makes that folder itself.",
    ),
    "unreadable-path": Explanation(
        "A file was named that is never read: outside the project, a key, an .env file, a pipe or a device.",
        "prompt: {file: .env}",
        "Name a plain file inside the project.",
    ),
    "unreadable-file": Explanation(
        "A file of the project is there and cannot be read, so nobody can say whether it is what it should be.",
        "public/hero.png of another user; a link that leads to itself",
        "Make it readable (`chmod u+r`), or remove it: a build writes it again.",
    ),
    "output-path": Explanation(
        "An output cannot have this path.",
        "output: ../outside.png",
        "Name a path inside the project, with / between folders.",
    ),
    "output-link": Explanation(
        "An output's path leads through a symbolic link that leaves the project, or a file or folder is in its way.",
        "public -> /var/www, with output: public/a.png",
        "Write into a real folder of the project.",
    ),
}
