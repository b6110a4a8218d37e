"""What is on the screen."""

from PIL import Image, ImageChops, ImageGrab
from support.desktop.display import Desktop
from Xlib import X
from Xlib.display import Display

WAX = (196, 30, 45)
"""The colour of the seal while all is well."""
GREY_WAX = (128, 134, 142)
Box = tuple[int, int, int, int]


def grab(desktop: Desktop, box: Box | None = None) -> Image.Image:
    """`box`: left, top, right, bottom."""
    image = ImageGrab.grab(xdisplay=desktop.display)
    return image.crop(box) if box else image


def count(image: Image.Image, colour: tuple[int, int, int], tolerance: int = 12) -> int:
    """Pixels of about that colour."""
    pixels = image.convert("RGB").tobytes()
    return sum(
        all(abs(pixels[at + band] - colour[band]) <= tolerance for band in range(3))
        for at in range(0, len(pixels), 3)
    )


def windows(desktop: Desktop, at_least: int = 20) -> list[Box]:
    """The boxes of the windows that can be seen, bottom to top."""
    display = Display(desktop.display)
    try:
        boxes = []
        for window in display.screen().root.query_tree().children:
            if window.get_attributes().map_state != X.IsViewable:
                continue
            shape = window.get_geometry()
            if shape.width >= at_least and shape.height >= at_least:
                right, bottom = shape.x + shape.width, shape.y + shape.height
                boxes.append((shape.x, shape.y, right, bottom))
        return boxes
    finally:
        display.close()


def find(image: Image.Image, colour: tuple[int, int, int], tolerance: int = 12) -> Box | None:
    """The smallest box around the pixels of about that colour."""
    rgb = image.convert("RGB")
    bands = [
        band.point([255 * (abs(value - wanted) <= tolerance) for value in range(256)])
        for band, wanted in zip(rgb.split(), colour, strict=True)
    ]
    both = ImageChops.darker(ImageChops.darker(bands[0], bands[1]), bands[2])
    return both.getbbox()


def paint_wall(desktop: Desktop, colour: int) -> None:
    """`colour` as 0xRRGGBB."""
    display = Display(desktop.display)
    root = display.screen().root
    root.change_attributes(background_pixel=colour)
    root.clear_area()
    display.sync()
    # The picture would go with the connection that painted it.
    desktop.closing.callback(display.close)
