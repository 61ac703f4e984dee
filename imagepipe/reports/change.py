"""How much a picture changed, in words."""


def share(difference: float) -> str:
    """The mean difference of the samples in per cent."""
    return f"{difference:.1%}" if difference >= 0.0005 or not difference else "less than 0.1%"


def told(ssim: float, difference: float, resized: bool) -> str:
    """Difference and structural similarity; that nothing differs is said only where it is so."""
    alike = f"{ssim:.3f}" if ssim < 0.9995 or ssim == 1 else "over 0.999"
    return f"{share(difference)} different, structural similarity {alike}" + ("; another size" if resized else "")
