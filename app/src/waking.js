// Brings the page to life once it has been painted: reading comes first, and a slow line carries the text, the style and
// the letters before it carries the program.
(function () {
    // A program that does not come, or stops, would leave a page that looks alive.
    const fallen = () => document.getElementById("fallen")?.removeAttribute("hidden");
    const isOurs = (error) => error instanceof WebAssembly.RuntimeError;
    addEventListener("error", (event) => isOurs(event.error) && fallen());
    addEventListener("unhandledrejection", (event) => isOurs(event.reason) && fallen());
    const wake = () => {
        // Both come at once, not one after the other.
        const program = fetch("WASM", { credentials: "same-origin" });
        import("GLUE")
            .then((glue) => glue.default({ module_or_path: program }).then(() => glue.hydrate()))
            .catch((error) => {
                fallen();
                throw error;
            });
    };
    const painted = () => requestAnimationFrame(() => setTimeout(wake, 0));
    // A page in the background is not painted: it wakes when somebody comes to look.
    if (document.readyState === "complete") painted();
    else addEventListener("load", painted, { once: true });
})();
