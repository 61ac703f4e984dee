"""The usual batch script, for throughput.py to compare with: openai client, semaphore, write the file.

`python benchmarks/usual.py COUNT JOBS` writes into the folder it is run in.
"""

import asyncio
import base64
import sys
from pathlib import Path

from openai import AsyncOpenAI


def usual(folder: Path, count: int, jobs: int) -> None:
    """What people write: no journal, no checks."""

    async def main() -> None:
        client, slots = AsyncOpenAI(max_retries=0), asyncio.Semaphore(jobs)

        async def one(i: int) -> None:
            async with slots:
                answer = await client.images.generate(
                    model="gpt-image-2", prompt=f"picture number {i}", size="1024x1024", quality="low"
                )
            assert answer.data
            (folder / f"a{i:04}.png").write_bytes(base64.b64decode(answer.data[0].b64_json or ""))

        await asyncio.gather(*(one(i) for i in range(count)))

    asyncio.run(main())


if __name__ == "__main__":
    usual(Path.cwd(), int(sys.argv[1]), int(sys.argv[2]))
