# SPDX-License-Identifier: Apache-2.0
"""Circuit symbols after IEC 60617 as SVG, on a 10-unit grid."""

from html import escape

INK, LOAD, NOTE = "#1b1f24", "#b3400f", "#57606a"


class Drawing:
    """Collects shapes; every method places one symbol and returns nothing."""

    def __init__(self, width: int, height: int, title: str):
        self.width, self.height, self.title = width, height, title
        self.shapes: list[str] = []

    def save(self, path: str) -> None:
        with open(path, "w") as file:
            file.write(
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
                f' width="{self.width}" height="{self.height}" role="img"'
                f' font-family="Helvetica, Arial, sans-serif" font-size="14">\n'
                f"<title>{escape(self.title)}</title>\n"
                f'<rect width="100%" height="100%" fill="#ffffff"/>\n'
                + "\n".join(self.shapes) + "\n</svg>\n")

    # Primitives

    def path(self, d: str, colour: str = INK, fill: str = "none", width: float = 2,
             dash: str = "") -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.shapes.append(
            f'<path d="{d}" fill="{fill}" stroke="{colour}" stroke-width="{width}"'
            f' stroke-linecap="round" stroke-linejoin="round"{dashes}/>')

    def text(self, x: float, y: float, words: str, anchor: str = "start", colour: str = INK,
             size: int = 14, bold: bool = False) -> None:
        weight = ' font-weight="600"' if bold else ""
        for number, line in enumerate(words.split("\n")):
            self.shapes.append(
                f'<text x="{x}" y="{y + number * (size + 4)}" text-anchor="{anchor}"'
                f' fill="{colour}" font-size="{size}"{weight}>{escape(line)}</text>')

    def note(self, x: float, y: float, words: str, anchor: str = "start") -> None:
        self.text(x, y, words, anchor, NOTE, 12)

    def wire(self, *points: tuple[float, float], colour: str = INK) -> None:
        self.path("M" + " L".join(f"{x} {y}" for x, y in points), colour)

    def dot(self, x: float, y: float, colour: str = INK) -> None:
        self.shapes.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>')

    def terminal(self, x: float, y: float, colour: str = INK) -> None:
        self.shapes.append(
            f'<circle cx="{x}" cy="{y}" r="4.5" fill="#ffffff" stroke="{colour}"'
            ' stroke-width="2"/>')

    def box(self, x: float, y: float, width: float, height: float, title: str,
            dashed: bool = False) -> None:
        dash = ' stroke-dasharray="6 5"' if dashed else ""
        stroke, fill = (NOTE, "none") if dashed else (INK, "#f6f8fa")
        self.shapes.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{fill}"'
            f' stroke="{stroke}" stroke-width="1.5"{dash}/>')
        self.text(x + 10, y + 20, title, bold=not dashed, colour=NOTE if dashed else INK,
                  size=12 if dashed else 14)

    # Supplies

    def ground(self, x: float, y: float, colour: str = INK) -> None:
        self.path(f"M{x} {y} v10 M{x - 12} {y + 10} h24 M{x - 7} {y + 15} h14 M{x - 2} {y + 20} h4",
                  colour)

    def supply(self, x: float, y: float, name: str, colour: str = INK) -> None:
        self.path(f"M{x} {y} v-10 M{x - 10} {y - 10} h20", colour)
        self.text(x, y - 17, name, "middle", colour, bold=True)

    # Two-pole parts; (x, y) is the first pole, the second is 60 along

    def resistor(self, x: float, y: float, words: str, down: bool = False) -> None:
        if down:
            self.path(f"M{x} {y} v15 M{x} {y + 45} v15")
            self._body(x - 7, y + 15, 14, 30)
            self.text(x + 15, y + 28, words)
        else:
            self.path(f"M{x} {y} h15 M{x + 45} {y} h15")
            self._body(x + 15, y - 7, 30, 14)
            self.text(x + 30, y - 14, words, "middle")

    def _body(self, x: float, y: float, width: float, height: float, colour: str = INK) -> None:
        self.shapes.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#ffffff"'
            f' stroke="{colour}" stroke-width="2"/>')

    def fuse(self, x: float, y: float, words: str, colour: str = LOAD) -> None:
        self._body(x + 15, y - 7, 30, 14, colour)
        self.path(f"M{x} {y} h60", colour)
        self.text(x + 30, y - 14, words, "middle", colour)

    def capacitor(self, x: float, y: float, words: str) -> None:
        self.path(f"M{x} {y} v26 M{x - 12} {y + 26} h24 M{x - 12} {y + 34} h24 M{x} {y + 34} v26")
        self.text(x + 18, y + 36, words)

    def diode_up(self, x: float, y: float, words: str, colour: str = INK, side: int = 1) -> None:
        """Cathode at the top, (x, y); anode 60 below."""
        self.path(f"M{x} {y} v22 M{x - 11} {y + 22} h22 M{x} {y + 38} v22", colour)
        self.path(f"M{x} {y + 22} l-11 16 h22 z", colour, "#ffffff")
        self.text(x + 18 * side, y + 28, words, "start" if side > 0 else "end", colour)

    def clamp(self, x: float, y: float, words: str, colour: str = INK, side: int = 1) -> None:
        """A bidirectional suppressor, 60 tall."""
        self.path(f"M{x} {y} v14 M{x} {y + 46} v14 M{x - 11} {y + 30} h22"
                  f" M{x - 11} {y + 30} l-4 5 M{x + 11} {y + 30} l4 -5", colour)
        self.path(f"M{x} {y + 30} l-10 -16 h20 z M{x} {y + 30} l-10 16 h20 z", colour, "#ffffff")
        self.text(x + 20 * side, y + 26, words, "start" if side > 0 else "end", colour)

    def load(self, x: float, y: float, words: str, side: int = 1) -> None:
        """A coil, 60 tall: a strike, a magnet."""
        self.path(f"M{x} {y} v10 M{x} {y + 50} v10", LOAD)
        self._body(x - 16, y + 10, 32, 40, LOAD)
        self.path(f"M{x - 16} {y + 50} l32 -40", LOAD)
        self.text(x + 26 * side, y + 26, words, "start" if side > 0 else "end", LOAD)

    def coil(self, x: float, y: float, words: str) -> None:
        """A relay's coil, 60 tall."""
        self.path(f"M{x} {y} v18 M{x} {y + 42} v18")
        self._body(x - 22, y + 18, 44, 24)
        self.text(x, y + 35, words, "middle")

    # Switches, 60 along

    def closed_contact(self, x: float, y: float, words: str, colour: str = LOAD,
                       mark: str = "") -> None:
        """Normally closed: the blade rests on its stop."""
        self.path(f"M{x} {y} h18 M{x + 42} {y} h18 M{x + 18} {y} l28 -10 M{x + 42} {y} v-12",
                  colour)
        self.text(x + 30, y + 22, words, "middle", colour)
        if mark:
            self.text(x + 30, y - 18, mark, "middle", colour, 12)

    def open_contact(self, x: float, y: float, words: str, colour: str = INK) -> None:
        """Normally open, drawn downwards."""
        self.path(f"M{x} {y} v18 M{x} {y + 42} v18 M{x} {y + 42} l-14 -26", colour)
        self.text(x + 16, y + 28, words, colour=colour)

    # Semiconductors

    def mosfet(self, x: float, y: float, words: str, colour: str = INK) -> None:
        """N-channel: gate at (x, y); drain 30 right and 40 up, source 30 right and 40 down."""
        self.path(f"M{x} {y} h8 M{x + 8} {y - 16} v32 M{x + 15} {y - 20} v10 M{x + 15} {y - 5} v10"
                  f" M{x + 15} {y + 10} v10 M{x + 15} {y - 15} h15 v-25 M{x + 15} {y + 15} h15 v25"
                  f" M{x + 15} {y} h15 v15", colour)
        self.path(f"M{x + 15} {y} l8 -4 v8 z", colour, colour)
        self.dot(x + 30, y + 15, colour)
        self.text(x + 42, y + 2, words, colour=colour)

    def opto(self, x: float, y: float, words: str, mirrored: bool = False) -> None:
        """LED anode (x, y), cathode 60 below; collector 100 right of it (left if mirrored)."""
        start = len(self.shapes)
        self._dashed(x - 24, y - 2, 148, 64)
        self.path(f"M{x} {y} v22 M{x - 11} {y + 38} h22 M{x} {y + 38} v22")
        self.path(f"M{x} {y + 38} l-11 -16 h22 z", INK, "#ffffff")
        for offset in (24, 34):
            self.path(f"M{x + 20} {y + offset} h18 m-6 -4 l6 4 l-6 4", INK, width=1.5)
        self.path(f"M{x + 74} {y + 16} v28 M{x + 74} {y + 24} L{x + 100} {y + 8} V{y}"
                  f" M{x + 74} {y + 36} L{x + 100} {y + 52} V{y + 60}")
        self.path(f"M{x + 95} {y + 49} l-9 0 l5 -8 z", INK, INK)
        if mirrored:
            self.shapes.insert(start, f'<g transform="translate({2 * x} 0) scale(-1 1)">')
            self.shapes.append("</g>")
        self.text(x - 50 if mirrored else x + 50, y + 80, words, "middle")

    def _dashed(self, x: float, y: float, width: float, height: float) -> None:
        self.shapes.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="#ffffff"'
            f' stroke="{NOTE}" stroke-width="1.5" stroke-dasharray="5 4"/>')

    def board(self, x: float, y: float, height: float, pins: list[tuple[float, str]],
              title: str = "Gateway") -> None:
        """The board's header on the left; each pin leaves at (x + 150, its y)."""
        self.box(x, y, 130, height, title)
        for pin_y, name in pins:
            self.text(x + 122, pin_y + 5, name, "end")
            self.wire((x + 130, pin_y), (x + 150, pin_y))
