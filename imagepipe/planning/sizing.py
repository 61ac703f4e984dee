"""What the plan says where a request's size is not a file's: which size is asked for, and what is made of it."""

from imagepipe.values import Asset


def told(asset: Asset) -> str:
    """ "asks for 1216x640, made into 1200×630"; "" where no file has an exact size, or just that one."""
    asked = str(asset.options.get("size", ""))
    fits = [call.options for output in asset.outputs for call in output.steps if call.name == "fit"]
    exact = dict.fromkeys((fit["width"], fit["height"]) for fit in fits)
    others = [f"{width}×{height}" for width, height in exact if f"{width}x{height}" != asked]
    if not others:
        return ""
    shown = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    return f"asks for {asked}, made into {shown}"
