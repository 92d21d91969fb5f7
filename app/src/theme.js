// Puts the chosen theme on the document before anything is painted. Without a choice the system decides.
(function () {
    try {
        var theme = localStorage.getItem("theme");
        if (theme === "dark" || theme === "light") {
            document.documentElement.setAttribute("data-theme", theme);
        }
    } catch (_) {
        // Storage may be forbidden; then the system decides.
    }
})();
