"""What the codes of adoption, comparison, history and lock upkeep mean, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "doubt-aside": Explanation(
        "A request is in doubt that holds nothing up now: its asset is not selected, or has a picture and wanted another. "
        "It may have been billed, and counts at its worst cost.",
        "build logo, with a request for hero in doubt",
        "`imagepipe build --resend ASSET` asks again, `--forget ASSET` gives it up; its sum stays in the ledger.",
    ),
    "doubt-earlier": Explanation(
        "A request of this project is in doubt, and its asset has another recipe by now or left the manifest. It holds "
        "nothing up; it may have been billed, and counts at its worst cost.",
        "a prompt was changed after its request broke off",
        "`imagepipe build --forget ASSET` gives it up; its sum stays in the ledger.",
    ),
    "doubt-elsewhere": Explanation(
        "Another project or worktree that shares this store has a request in doubt for an asset of the same name. It "
        "holds nothing up here, and is not let go from here.",
        "two worktrees of one repository, with another prompt for `hero` in each",
        "Settle it in the folder that the message names, with --resend or --forget.",
    ),
    "not-a-comparison": Explanation(
        "The file is not what `imagepipe diff --json` writes: no JSON, not as the schema `diff` says, or far too large.",
        "imagepipe diff --from notes.txt",
        "Make one: `imagepipe diff --base REV --json > diff.json`, then `imagepipe diff --from diff.json`.",
    ),
    "store-new": Explanation(
        "A build in CI is about to pay, its store is new, and the lock is not: what earlier runs paid for and nobody "
        "committed is not known here, and is paid for again.",
        "a CI job without a cache, after one whose commit was lost",
        "Cache the store between runs: set IMAGEPIPE_STORE to a folder that your CI keeps.",
    ),
    "pinned": Explanation(
        "`--again` names an asset whose picture the manifest pins; nothing is asked for.",
        "pin: true, and imagepipe build --again hero",
        "Take `pin: true` out, build, and put it back.",
    ),
    "not-adoptable": Explanation(
        "The file cannot become the asset's picture: it is no picture, is a Git LFS pointer, or does not meet `expect`.",
        "imagepipe adopt hero notes.txt",
        "Name a whole PNG, JPEG, WebP or GIF file that is as `expect` says; `git lfs pull` brings pointed-to files.",
    ),
    "which-file": Explanation(
        "Several files of the asset were edited by hand, and only one can be its picture.",
        "imagepipe adopt hero, with hero.png and hero.webp both retouched",
        "Name it: `imagepipe adopt ASSET FILE`. The others are made of it.",
    ),
    "nothing-to-adopt": Explanation(
        "The asset has no picture that could be taken, or the one it has is the answer to its present recipe already.",
        "imagepipe adopt hero, right after a build",
        "Name a file: `imagepipe adopt ASSET FILE`.",
    ),
    "no-candidate": Explanation(
        "A candidate is named by a number that there is none of.",
        "imagepipe pick hero 4, of three candidates",
        "`imagepipe sheet ASSET -o FILE.png` shows them with their numbers.",
    ),
    "recipe-changed": Explanation(
        "The words, options or inputs of the asset have changed since its pictures were made: they answer another recipe.",
        "imagepipe pick hero 2, after a change of its prompt",
        "`imagepipe build ASSET` first, or `imagepipe adopt ASSET` to keep the picture for the new words.",
    ),
    "not-approvable": Explanation(
        "Only a real picture that is what the manifest asks for can be approved.",
        "imagepipe approve hero, of a placeholder",
        "`imagepipe build ASSET` first.",
    ),
    "not-rejectable": Explanation(
        "The candidate is a placeholder, or was rejected before.",
        "imagepipe reject hero, twice",
        "`imagepipe reject ASSET --candidate N` names another one.",
    ),
    "expectation-unmet": Explanation(
        "A finished picture is not as `expect` says, which was tightened after the picture was made. Nothing is made anew "
        "for that.",
        "expect: {max_bytes: 20kB}   # of a file that has 90 kB",
        "Change `expect` or the steps, or ask for another picture: `imagepipe build --again ASSET`.",
    ),
    "sheet-size": Explanation(
        "A contact sheet holds 400 pictures at most.",
        "imagepipe sheet -o all.png, of 1,000 assets",
        "Choose fewer: `imagepipe sheet tag:hero -o FILE.png`; `imagepipe report` shows them all.",
    ),
    "unknown-generation": Explanation(
        "`imagepipe restore` was given a digest that no picture of the asset in the store has, or several have.",
        "imagepipe restore hero 12ab",
        "`imagepipe log ASSET --json` names the pictures; six digits or more are enough.",
    ),
    "pick-wins": Explanation(
        "The manifest's `pick` names a candidate, and it wins over what is adopted.",
        "pick: 1, and imagepipe adopt hero retouched.png",
        "Take `pick` out of the asset, or write the number that the message names.",
    ),
    "no-lock": Explanation(
        "There is no lock to merge.",
        "imagepipe lock merge in a project that was never built",
        "`imagepipe lock rebuild` makes one from the store's receipts.",
    ),
    "manifest-first": Explanation(
        "Both sides of a merge have an answer for one asset, each to another recipe. The manifest decides which one stays, "
        "and it cannot be read, mostly for merge markers of its own.",
        "imagepipe lock merge, with <<<<<<< HEAD in assets.yaml",
        "Settle the manifest, then run `imagepipe lock merge`: it takes the answer that fits, whosever it is, and costs "
        "nothing.",
    ),
    "lock-readable": Explanation(
        "`imagepipe lock rebuild` would replace a lock that can be read; notes and approvals since the last commit would go.",
        "imagepipe lock rebuild in a sound project",
        "`--force` does it all the same; the old file is kept.",
    ),
    "made-here": Explanation(
        "The asset has no prompt: its files are made of its inputs, and there is no picture to pick, reject or adopt.",
        "imagepipe pick atlas 2",
        "Pick, reject or adopt a picture of one of its inputs; the next build makes the asset's files anew, free.",
    ),
    "never-built": Explanation(
        "Neither the lock nor its history has ever had this asset.",
        "imagepipe log heroo",
        "Correct the id, or build the asset first.",
    ),
    "base-without": Explanation(
        "The revision to compare with has no manifest yet, so that everything is new.",
        "imagepipe diff --base v0.1",
        "Name a later revision, if that is not what you meant.",
    ),
    "base-broken": Explanation(
        "The manifest of the revision to compare with has errors; what its lock recorded is compared instead.",
        "imagepipe diff --base HEAD~1, where that commit broke assets.yaml",
        "Name another revision for a comparison with a sound manifest.",
    ),
    "base-lock": Explanation(
        "The lock of the revision to compare with cannot be read; its pictures are not compared.",
        "a commit with merge markers in assets.lock",
        "Name another revision, if the pictures matter.",
    ),
    "base-profile": Explanation(
        "The revision to compare with does not have the profile; it is compared without one.",
        "imagepipe diff --profile draft --base v0.1",
        "Leave out `--profile`, or name a later revision.",
    ),
    "no-repository": Explanation(
        "The project is not in a git repository, and what was asked for needs one.",
        "imagepipe diff --base main",
        "`git init`, or leave the revision out.",
    ),
    "unknown-revision": Explanation(
        "Git does not know this revision; in a shallow clone it may only be missing here.",
        "imagepipe plan --affected origin/main, in CI",
        "`git log --oneline` lists revisions; `git fetch --unshallow`, or `fetch-depth: 0` in CI, fetches them.",
    ),
    "no-git": Explanation(
        "The program `git` is not installed.",
        "imagepipe log hero",
        "Install git; nothing else needs it.",
    ),
    "git-failed": Explanation(
        "Git refused what it was asked; its own message is shown.",
        "a damaged repository",
        "Do what git says; `git status` may tell more.",
    ),
    "path-outside": Explanation(
        "A manifest of a git revision names a file outside of the repository.",
        "imports: {brand: ../../../brand/assets.yaml}",
        "Name files inside the repository.",
    ),
}
