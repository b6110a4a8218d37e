"""What can be seen on a display."""

from PIL import Image, ImageChops, ImageGrab
from support.desktop.display import Display
from Xlib import X
from Xlib.display import Display as XDisplay

WAX = (196, 30, 45)
"""The colour of the seal while all is well."""
GREY_WAX = (128, 134, 142)
Box = tuple[int, int, int, int]


def grab(display: Display, box: Box | None = None) -> Image.Image:
    """`box`: left, top, right, bottom."""
    image = ImageGrab.grab(xdisplay=display.name)
    return image.crop(box) if box else image


def count(image: Image.Image, colour: tuple[int, int, int], tolerance: int = 12) -> int:
    """Pixels of about that colour."""
    pixels = image.convert("RGB").tobytes()
    return sum(
        all(abs(pixels[at + band] - colour[band]) <= tolerance for band in range(3))
        for at in range(0, len(pixels), 3)
    )


def windows(display: Display, at_least: int = 20) -> list[Box]:
    """The boxes of the windows that can be seen, bottom to top."""
    x = XDisplay(display.name)
    try:
        boxes = []
        for window in x.screen().root.query_tree().children:
            if window.get_attributes().map_state != X.IsViewable:
                continue
            shape = window.get_geometry()
            if shape.width >= at_least and shape.height >= at_least:
                right, bottom = shape.x + shape.width, shape.y + shape.height
                boxes.append((shape.x, shape.y, right, bottom))
        return boxes
    finally:
        x.close()


def find(image: Image.Image, colour: tuple[int, int, int], tolerance: int = 12) -> Box | None:
    """The smallest box around the pixels of about that colour."""
    rgb = image.convert("RGB")
    bands = [
        band.point([255 * (abs(value - wanted) <= tolerance) for value in range(256)])
        for band, wanted in zip(rgb.split(), colour, strict=True)
    ]
    both = ImageChops.darker(ImageChops.darker(bands[0], bands[1]), bands[2])
    return both.getbbox()


def paint_wall(display: Display, colour: int) -> None:
    """`colour` as 0xRRGGBB."""
    x = XDisplay(display.name)
    root = x.screen().root
    root.change_attributes(background_pixel=colour)
    root.clear_area()
    x.sync()
    # The colour would disappear with the connection that painted it.
    display.closing.callback(x.close)
