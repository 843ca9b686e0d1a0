# SPDX-License-Identifier: Apache-2.0
"""Draws the figures of wiring.md: `python3 hw/wiring/draw.py`."""

import os

from symbols import LOAD, Drawing

HERE = os.path.dirname(os.path.abspath(__file__))


def strike() -> Drawing:
    d = Drawing(760, 400, "12 V fail-secure strike on a low-side transistor")
    d.board(20, 190, 130, [(230, "GPIO17"), (300, "GND")])
    d.wire((170, 230), (190, 230))
    d.resistor(190, 230, "R1 100 Ω")
    d.wire((250, 230), (330, 230))
    d.dot(290, 230)
    d.resistor(290, 230, "", down=True)
    d.text(276, 262, "R2 10 kΩ", "end", bold=True)
    d.note(276, 278, "holds the strike\nunpowered", "end")
    d.wire((290, 290), (290, 300))
    d.mosfet(330, 230, "Q1, N-channel, rated at\nVGS = 2.5 V, 30 V, ≥ 3 A", LOAD)
    d.wire((170, 300), (360, 300))
    d.dot(290, 300)
    d.wire((360, 270), (360, 300), colour=LOAD)
    d.dot(360, 300)
    d.wire((360, 300), (660, 300), colour=LOAD)
    d.ground(360, 300)
    d.wire((360, 190), (360, 170), colour=LOAD)
    d.dot(360, 160, LOAD)
    d.wire((360, 170), (360, 160), colour=LOAD)
    d.wire((360, 160), (520, 160), colour=LOAD)
    d.load(520, 100, "Strike, 12 V,\nfail-secure: locked\nwithout current")
    d.diode_up(440, 100, "D1\n1N4007", LOAD, side=-1)
    d.wire((440, 160), (440, 160), colour=LOAD)
    d.dot(440, 160, LOAD)
    d.wire((440, 100), (440, 80), (520, 80), (520, 100), colour=LOAD)
    d.dot(520, 80, LOAD)
    d.wire((520, 80), (560, 80), colour=LOAD)
    d.fuse(560, 80, "F1 1 A")
    d.wire((620, 80), (660, 80), colour=LOAD)
    d.terminal(660, 80, LOAD)
    d.text(676, 85, "+12 V", colour=LOAD, bold=True)
    d.terminal(660, 300, LOAD)
    d.text(676, 305, "0 V", colour=LOAD, bold=True)
    d.note(20, 360, "D1 sits at the strike, cathode (bar) to +12 V. The lock's 0 V and the board's GND"
           " meet in one point, at Q1's source.\nHigh = powered = unlocked: `active-high`, rest low.")
    return d


def strike_isolated() -> Drawing:
    d = Drawing(820, 420, "12 V fail-secure strike behind an optocoupler")
    d.board(20, 170, 130, [(210, "GPIO17"), (270, "GND")])
    d.wire((170, 210), (190, 210))
    d.resistor(190, 210, "R1 680 Ω")
    d.opto(300, 210, "U1 PC817C")
    d.wire((250, 210), (300, 210))
    d.wire((170, 270), (300, 270))
    d.wire((400, 210), (400, 80), colour=LOAD)
    d.dot(400, 80, LOAD)
    d.wire((400, 270), (400, 290), (440, 290))
    d.resistor(440, 290, "R2 1 kΩ")
    d.wire((500, 290), (580, 290))
    d.dot(540, 290)
    d.resistor(540, 290, "", down=True)
    d.text(526, 322, "R3 10 kΩ", "end", bold=True)
    d.note(526, 338, "holds the strike unpowered", "end")
    d.mosfet(580, 290, "Q1, N-channel\n30 V, ≥ 3 A", LOAD)
    d.wire((540, 350), (610, 350))
    d.wire((610, 330), (610, 350), colour=LOAD)
    d.dot(610, 350, LOAD)
    d.wire((610, 350), (720, 350), colour=LOAD)
    d.terminal(720, 350, LOAD)
    d.text(736, 355, "0 V", colour=LOAD, bold=True)
    d.wire((610, 250), (610, 160), colour=LOAD)
    d.load(610, 100, "Strike, 12 V,\nfail-secure")
    d.diode_up(530, 100, "D1\n1N4007", LOAD, side=-1)
    d.wire((530, 160), (610, 160), colour=LOAD)
    d.dot(610, 160, LOAD)
    d.wire((530, 100), (530, 80), colour=LOAD)
    d.dot(530, 80, LOAD)
    d.wire((610, 100), (610, 80), colour=LOAD)
    d.dot(610, 80, LOAD)
    d.wire((400, 80), (640, 80), colour=LOAD)
    d.fuse(640, 80, "F1 1 A")
    d.wire((700, 80), (720, 80), colour=LOAD)
    d.terminal(720, 80, LOAD)
    d.text(736, 85, "+12 V", colour=LOAD, bold=True)
    d.path("M350 60 V200 M350 305 V380", "#57606a", dash="3 6", width=1.5)
    d.note(344, 54, "board's side", "end")
    d.note(356, 54, "lock's side")
    d.note(20, 400, "No wire joins the two sides: the lock's supply may fail, surge or float without the"
           " board noticing. 3 mA through the LED is enough.")
    return d


def magnet() -> Drawing:
    d = Drawing(1100, 520, "Fail-safe magnet with release chain and fire contact in series")
    d.terminal(50, 110, LOAD)
    d.text(50, 92, "+12/24 V", "middle", LOAD, bold=True)
    d.wire((54, 110), (80, 110), colour=LOAD)
    d.fuse(80, 110, "F1")
    d.wire((140, 110), (200, 110), colour=LOAD)
    d.box(170, 36, 500, 116, "release chain: frees the door with the gateway dead", dashed=True)
    for x, name, mark in (
            (200, "Fire panel", "opens on alarm"), (360, "Break glass", "opens when broken"),
            (520, "Exit button", "opens when pressed")):
        d.closed_contact(x, 110, name, mark=mark)
        d.wire((x + 60, 110), (x + 160, 110), colour=LOAD)
    d.closed_contact(700, 110, "", mark="opens to unlock")
    d.wire((680, 110), (700, 110), colour=LOAD)
    d.text(744, 134, "K1", "start", LOAD)
    d.wire((760, 110), (900, 110), (900, 140), colour=LOAD)
    d.load(900, 140, "Magnet, fail-safe:\nheld by current,\nfree without")
    d.dot(840, 110, LOAD)
    d.wire((840, 110), (840, 140), colour=LOAD)
    d.clamp(840, 140, "TVS, 1.5 ×\nsupply", LOAD, side=-1)
    d.wire((840, 200), (840, 220), colour=LOAD)
    d.dot(840, 220, LOAD)
    d.wire((900, 200), (900, 220), (54, 220), colour=LOAD)
    d.terminal(50, 220, LOAD)
    d.text(50, 246, "0 V", "middle", LOAD, bold=True)
    d.path("M730 107 V300", "#57606a", dash="3 6", width=1.5)

    d.board(40, 330, 140, [(380, "GPIO17"), (450, "GND")])
    d.wire((190, 380), (230, 380))
    d.resistor(230, 380, "R1 100 Ω")
    d.wire((290, 380), (700, 380))
    d.dot(520, 380)
    d.resistor(520, 380, "", down=True)
    d.text(506, 412, "R2 10 kΩ", "end", bold=True)
    d.note(506, 428, "holds K1 dropped out:\nmagnet powered, door locked", "end")
    d.wire((520, 440), (520, 450))
    d.mosfet(700, 380, "Q1, N-channel,\nrated at VGS = 2.5 V")
    d.wire((190, 450), (730, 450))
    d.dot(520, 450)
    d.wire((730, 420), (730, 450))
    d.dot(730, 450)
    d.ground(730, 450)
    d.coil(730, 280, "K1")
    d.diode_up(810, 280, "D1 1N4148")
    d.wire((730, 340), (810, 340))
    d.dot(730, 340)
    d.wire((730, 280), (810, 280))
    d.supply(770, 280, "+5 V")
    d.dot(770, 280)
    d.note(40, 494, "High = K1 pulled in = no current = unlocked: `active-high`, rest low. A reset, a dead"
           " board or a cut coil wire keeps the door locked;\nfire, broken glass, the exit button or"
           " a lost lock supply frees it, whatever the gateway does.")
    return d


def inputs() -> Drawing:
    d = Drawing(960, 670, "Door contact, request to exit and an isolated fire input")
    _direct_input(d, 130, "GPIO27", "Door contact: closed\nwhile the door is closed",
                  "An open door or a cut wire reads high:\n`contact = …/GPIO27 pull-up`", True)
    _direct_input(d, 330, "GPIO22", "Request to exit:\nclosed while pressed",
                  "`rex = …/GPIO22 active-low pull-up`", False)
    y = 530
    d.board(20, y - 40, 120, [(y, "GPIO23"), (y + 60, "GND")])
    d.opto(460, y, "PC817C", mirrored=True)
    d.wire((170, y), (360, y))
    d.wire((170, y + 60), (360, y + 60))
    d.dot(280, y)
    d.resistor(280, y - 60, "10 kΩ", down=True)
    d.supply(280, y - 60, "3.3 V")
    d.wire((460, y), (500, y))
    d.resistor(500, y, "2.2 kΩ")
    d.wire((560, y), (596, y), colour=LOAD)
    d.terminal(600, y, LOAD)
    d.wire((604, y), (660, y), colour=LOAD)
    d.closed_contact(660, y, "Fire panel", mark="opens on alarm")
    d.wire((720, y), (760, y), colour=LOAD)
    d.terminal(764, y, LOAD)
    d.text(780, y + 5, "+12 V", colour=LOAD, bold=True)
    d.wire((460, y + 60), (760, y + 60), colour=LOAD)
    d.terminal(764, y + 60, LOAD)
    d.text(780, y + 65, "0 V", colour=LOAD, bold=True)
    d.note(20, y + 110, "Isolated: for long cables and contacts of other systems; 5 mA at 12 V, 4.7 kΩ"
           " instead at 24 V.\nAn alarm or a cut wire reads high: `fire = …/GPIO23 pull-up`")
    return d


def _direct_input(d, y, gpio, name, setting, closed) -> None:
    d.board(20, y - 40, 120, [(y, gpio), (y + 60, "GND")])
    d.wire((170, y), (200, y))
    d.resistor(200, y, "1 kΩ")
    d.wire((260, y), (560, y))
    d.dot(300, y)
    d.capacitor(300, y, "100 nF")
    d.dot(300, y + 60)
    d.dot(410, y)
    d.resistor(410, y - 60, "3.3 kΩ", down=True)
    d.supply(410, y - 60, "3.3 V")
    d.dot(480, y)
    d.clamp(480, y, "ESD\n5 V")
    d.dot(480, y + 60)
    d.wire((170, y + 60), (560, y + 60))
    for pole in (y, y + 60):
        d.terminal(564, pole)
        d.wire((568, pole), (660, pole))
    if closed:
        d.path(f"M660 {y} v18 M660 {y + 42} v18 M660 {y + 42} l8 -28 M660 {y + 18} h10")
    else:
        d.open_contact(660, y, "")
    d.text(690, y + 14, name)
    d.note(690, y + 54, setting)


FIGURES = {"strike": strike, "strike-isolated": strike_isolated, "magnet": magnet, "inputs": inputs}

if __name__ == "__main__":
    for name, figure in FIGURES.items():
        figure().save(os.path.join(HERE, f"{name}.svg"))
