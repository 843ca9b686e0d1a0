// SPDX-License-Identifier: Apache-2.0
// How the board looks: quiet paper tones, one green, large type where somebody reads in passing.
// Every pair of text and ground has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).

let boardStyle = boardStyleBase + boardStyleParts

private let boardStyleBase = """
    :root {
      color-scheme: light;
      --paper: #f6f3ec; --card: #fffdf8; --ink: #23211d; --soft: #5d574c; --line: #ddd6c7;
      --green: #1d4d42; --green-soft: #e2ece6; --amber: #7a4f00; --amber-soft: #fbeecb;
      --red: #94271b; --red-soft: #fbe4df; --blue: #234a6e; --blue-soft: #e3ecf4;
      --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "TeX Gyre Pagella",
        "Noto Serif", Georgia, serif;
      --sans: "Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif;
    }
    * { box-sizing: border-box; }
    html { font-size: 112.5%; -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 var(--sans); }
    h1, h2, h3, .hotel { font-family: var(--serif); font-weight: 600; line-height: 1.2; margin: 0; }
    h1 { font-size: 1.9rem; }
    h2 { font-size: 1.3rem; }
    p { margin: 0 0 .6rem; }
    a { color: var(--green); text-underline-offset: .15em; }
    :focus-visible { outline: 3px solid #b5731a; outline-offset: 3px; border-radius: 4px; }
    main { max-width: 84rem; margin: 0 auto; padding: 1.4rem 1.6rem 4rem; }
    main:focus { outline: none; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .6rem 1rem; z-index: 9; }

    .top { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.2rem;
      padding: .9rem 1.6rem; background: var(--green); color: #fff; }
    .top .hotel { font-size: 1.35rem; margin: 0; letter-spacing: .01em; }
    .top ul { display: flex; flex-wrap: wrap; list-style: none; gap: .2rem; margin: 0; padding: 0; }
    .top a { display: block; color: #eef4f0; text-decoration: none; padding: .5rem .7rem;
      border-radius: 999px; }
    .top a:hover { background: rgba(255, 255, 255, .14); }
    .top a[aria-current] { background: #fffdf8; color: var(--green); font-weight: 600; }
    .who { margin-left: auto; display: flex; align-items: center; gap: .2rem; }
    @media (max-width: 62rem) { .top nav { order: 1; flex-basis: 100%; } }
    .who .name { font-weight: 600; }
    .top button.plain { color: #eef4f0; }
    .top :focus-visible { outline-color: #f3c969; }

    button, .button { font: inherit; font-weight: 600; cursor: pointer; border-radius: 8px;
      border: 1.5px solid var(--green); background: var(--card); color: var(--green);
      padding: .55rem .95rem; min-height: 2.9rem; text-decoration: none; display: inline-block; }
    button:hover, .button:hover { background: var(--green-soft); }
    button.strong, .button.strong { background: var(--green); color: #fff; }
    button.strong:hover, .button.strong:hover { background: #163c33; }
    button.danger { background: var(--red); border-color: var(--red); color: #fff; }
    button.plain { border-color: transparent; background: transparent; padding: .5rem .7rem; }
    button.plain:hover { background: rgba(255, 255, 255, .14); }
    button:disabled { opacity: .6; cursor: progress; }
    form { margin: 0; }
    label { display: block; font-weight: 600; margin: 0 0 .3rem; }
    input[type=text], input[type=password], textarea, select { font: inherit; width: 100%;
      color: var(--ink); background: #fff; border: 1.5px solid #8d8574; border-radius: 8px;
      padding: .6rem .8rem; min-height: 3rem; }
    .field { margin: 0 0 1.1rem; }
    .hint { color: var(--soft); font-size: .95rem; }
    .problem { background: var(--red-soft); color: var(--red); border-left: 5px solid var(--red);
      border-radius: 6px; padding: .8rem 1rem; margin: 0 0 1.2rem; }
    .note { background: var(--green-soft); color: var(--green); border-left: 5px solid
      var(--green); border-radius: 6px; padding: .8rem 1rem; margin: 0 0 1.2rem; }

    .connection { max-width: 84rem; margin: 0 auto; padding: .5rem 1.6rem 0; font-size: .9rem;
      line-height: 1.4rem; color: var(--soft); text-align: right; }
    .connection + main { padding-top: .4rem; }
    .connection[data-state=offline] + main { padding-top: 1.4rem; }
    .connection span { display: none; }
    .connection[data-state=loading] .when-loading, .connection[data-state=live] .when-live,
    .connection[data-state=offline] .when-offline { display: inline; }
    .connection .when-live::before { content: ""; display: inline-block; width: .65rem;
      height: .65rem; border-radius: 50%; background: #2f8f5b; margin-right: .45rem; }
    .connection[data-state=offline] { max-width: none; margin: 0; background: var(--red);
      color: #fff; text-align: center; font-size: 1.05rem; font-weight: 600; padding: .8rem;
      position: sticky; top: 0; z-index: 5; }
    .is-offline main { filter: grayscale(.6); opacity: .75; }

    """

private let boardStyleParts = """
    .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem 1.2rem;
      margin-bottom: 1.2rem; }
    .head .count { color: var(--soft); }
    .columns { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 1.6rem;
      align-items: start; }
    .cards { display: grid; gap: 1.1rem; grid-template-columns: repeat(auto-fill,
      minmax(20rem, 1fr)); list-style: none; margin: 0; padding: 0; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 14px;
      padding: 1.2rem 1.3rem; box-shadow: 0 1px 2px rgba(60, 50, 30, .06);
      display: flex; flex-direction: column; }
    .card .actions { margin-top: auto; }
    .card.waiting { border-left: 7px solid var(--green); }
    .card.done { background: transparent; box-shadow: none; }
    .card .line { display: flex; justify-content: space-between; gap: 1rem; align-items: start; }
    .card .guest { font: 600 1.65rem/1.15 var(--serif); margin: 0; overflow-wrap: anywhere; }
    .card .guest.unnamed { font-weight: 400; font-style: italic; font-size: 1.35rem; }
    .room { flex: none; text-align: center; font: 600 1.6rem/1 var(--sans); color: var(--green);
      background: var(--green-soft); border-radius: 10px; padding: .55rem .7rem;
      font-variant-numeric: tabular-nums; }
    .room small { display: block; font: 500 .72rem/1 var(--sans); margin-bottom: .3rem; }
    .since { color: var(--soft); margin: .25rem 0 .8rem; }
    .since b { color: var(--ink); font-weight: 600; }
    .tags { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: 0 0 .9rem;
      padding: 0; }
    .tag { border-radius: 999px; padding: .15rem .75rem; background: var(--blue-soft);
      color: var(--blue); font-size: .95rem; font-weight: 600; }
    .tag.good { background: var(--green-soft); color: var(--green); }
    .tag.wait { background: var(--amber-soft); color: var(--amber); }
    .tag.bad { background: var(--red-soft); color: var(--red); }
    .wishes { list-style: none; margin: 0 0 1rem; padding: .7rem 0 0; border-top: 1px solid
      var(--line); }
    .wishes li { display: flex; gap: .7rem; padding: .15rem 0; }
    .wishes .kind { flex: 0 0 6.2rem; color: var(--soft); }
    .wishes .allergy, .wishes .allergy .kind { color: var(--red); font-weight: 700; }
    .actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
    .marked { color: var(--green); font-weight: 600; }

    .panel { background: var(--card); border: 1px solid var(--line); border-radius: 14px;
      padding: 1.1rem 1.2rem; margin-bottom: 1.4rem; }
    .panel h2 { margin-bottom: .7rem; }
    .panel.alert { border: 2px solid var(--red); }
    .rows { list-style: none; margin: 0; padding: 0; }
    .rows > li { padding: .6rem 0; border-top: 1px solid var(--line); }
    .rows > li:first-child { border-top: 0; padding-top: 0; }
    .rows .actions { margin-top: .6rem; }
    .rows .actions input { flex: 1; }
    .evidence { list-style: none; margin: 0 0 .6rem; padding: 0; color: var(--soft);
      font-size: .95rem; }
    .said { margin: 0 0 .6rem; overflow-wrap: anywhere; }
    .said:last-child { margin: 0; }
    .decision { border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem 1rem;
      margin: 0; min-width: 0; }
    .decision legend { font-weight: 600; padding: 0 .4rem; }
    .decision label { display: flex; align-items: center; gap: .7rem; font-weight: 400;
      min-height: 2.4rem; margin: 0; }
    .decision input[type=radio] { width: 1.3rem; height: 1.3rem; margin: 0; flex: none;
      accent-color: var(--green); }
    :target { scroll-margin-top: 1rem; }
    .evidence code { font-size: .85rem; overflow-wrap: anywhere; }
    .empty { text-align: center; color: var(--soft); padding: 3.2rem 1rem; border: 2px dashed
      var(--line); border-radius: 14px; }
    .empty strong { display: block; color: var(--ink); font: 600 1.35rem/1.3 var(--serif);
      margin-bottom: .3rem; }
    .panel .empty { padding: 1.2rem; border: 0; }

    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; background: var(--card);
      border-radius: 14px; }
    caption { text-align: left; font: 600 1.3rem/1.2 var(--serif); padding: 0 0 .7rem; }
    th, td { text-align: left; padding: .7rem .9rem; border-bottom: 1px solid var(--line);
      vertical-align: top; }
    th { color: var(--soft); font-weight: 600; font-size: .95rem; }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
    td form, td .button { display: inline-block; }

    .place { margin-bottom: 1.6rem; }
    .place header { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline;
      margin-bottom: .7rem; }
    .doors { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
      gap: .9rem; list-style: none; margin: 0; padding: 0; }
    .door { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
      padding: 1rem; }
    .door h3 { font-size: 1.4rem; }
    .door.trouble { border: 2px solid var(--red); }
    .rows .tags, .door .tags { margin: .4rem 0 .6rem; }
    .later { margin: 2rem 0 .9rem; color: var(--soft); }
    .quiet { color: var(--soft); }

    .narrow { max-width: 40rem; margin: 0 auto; }
    .login { max-width: 26rem; margin: 9vh auto 0; }
    .login .panel { padding: 2rem; }
    .login .hotel { font-size: 2rem; margin-bottom: 1.4rem; color: var(--green); }
    .login .language { display: inline-block; margin-top: 1rem; }
    .login button { width: 100%; }
    .prose { max-width: 46rem; }
    .prose h2 { margin: 1.8rem 0 .5rem; }
    dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.4rem;
      margin: 0; }
    dl.facts dt { color: var(--soft); }
    dl.facts dd { margin: 0; }
    dl.facts + .wishes { margin-top: 1rem; }
    .conditions { display: grid; gap: .6rem; margin-bottom: 1rem; }
    .conditions form { display: flex; justify-content: space-between; align-items: center;
      gap: 1rem; padding: .6rem .9rem; border: 1px solid var(--line); border-radius: 10px; }
    .conditions .met { background: var(--green-soft); border-color: transparent; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr));
      gap: 1.2rem; margin-bottom: 1.2rem; }
    .tile { margin: 0; }
    .tile h2 { font: 600 1rem/1.3 var(--sans); color: var(--soft); }
    .tile .quiet { margin: .4rem 0 0; min-height: 1.5em; }
    .figure { background: #fff; }
    .figure img { width: 100%; max-width: 46rem; height: auto; display: block; margin: 0 auto; }
    .periods .button[aria-current] { background: var(--green); color: #fff; }
    .big { font: 600 2.1rem/1.1 var(--sans); font-variant-numeric: tabular-nums; margin: 0; }
    @media (max-width: 62rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
    @media (max-width: 34rem) { main { padding: 1rem .8rem 3rem; }
      .cards { grid-template-columns: minmax(0, 1fr); } }
    @media (prefers-reduced-motion: no-preference) { .card.fresh { animation: come .5s ease-out; }
      @keyframes come { from { transform: translateY(.6rem); } } }

    """
