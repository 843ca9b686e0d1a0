// SPDX-License-Identifier: Apache-2.0
// The board's script: renews the regions of a live page, keeps the focus where it was, and says so
// when the connection is gone. Without it every page still works, by loading it again.

let boardScript = #"""
    // Regions of the page are sent whole, as the server renders them.
    const live = document.body.dataset.live;
    const connection = document.getElementById("connection");
    const silenceMilliseconds = 12000;
    let lastHeard = 0;

    function say(state) {
      if (connection.dataset.state === state) return;
      connection.dataset.state = state;
      document.body.classList.toggle("is-offline", state === "offline");
    }

    function heard() {
      lastHeard = Date.now();
      const now = new Date(lastHeard);
      const last = connection.querySelector("[data-last]");
      last.textContent = now.toLocaleTimeString(document.documentElement.lang,
        { hour: "2-digit", minute: "2-digit" });
      say("live");
    }

    // A button that had the focus gets it again, by its key, in the renewed region.
    function renew(region, html) {
      const focused = document.activeElement;
      const key = region.contains(focused) ? focused.dataset.key : null;
      region.innerHTML = html;
      if (!key) return;
      const again = region.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (again) again.focus({ preventScroll: true });
    }

    function listen() {
      const source = new EventSource(`/live/${live}`);
      source.addEventListener("beat", heard);
      source.addEventListener("over", () => { source.close(); location.reload(); });
      for (const region of document.querySelectorAll("[data-region]")) {
        source.addEventListener(region.dataset.region, (event) => {
          heard();
          renew(region, event.data);
        });
      }
      source.addEventListener("error", () => {
        if (Date.now() - lastHeard > silenceMilliseconds) say("offline");
        // A server that was restarted refuses the first attempt; the browser gives up then.
        if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
      });
    }

    // Marks are sent without leaving the page; the renewed region is the answer.
    document.addEventListener("submit", async (event) => {
      const form = event.target;
      if (!form.matches("form[data-quiet]") || !live) return;
      event.preventDefault();
      const button = event.submitter;
      if (button) button.disabled = true;
      const body = new URLSearchParams(new FormData(form));
      if (button && button.name) body.append(button.name, button.value);
      try {
        const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
        if (answer.type !== "opaqueredirect") location.reload();
      } catch {
        say("offline");
        if (button) button.disabled = false;
      }
    });

    if (live) {
      listen();
      setInterval(() => {
        if (lastHeard && Date.now() - lastHeard > silenceMilliseconds) say("offline");
      }, 1000);
    }

    """#
