// Says in the list of contents where the reader is.

const READ_AT = 0.3; // of the window's height, from the top
const WIDE = matchMedia("(width >= 90rem)");

const details = document.querySelector(".contents details");
const ways = [...details.querySelectorAll("a")];
const headings = ways.map((way) => document.getElementById(decodeURIComponent(way.hash).slice(1)));

function mark() {
  const line = innerHeight * READ_AT + 1;
  const at = headings.findLastIndex((heading) => heading?.getBoundingClientRect().top < line);
  ways.forEach((way, index) => (way.ariaCurrent = index === at ? "location" : null));
  if (WIDE.matches && at >= 0) keepInSight(ways[at]);
}

// Where the list stands beside the text and is longer than the window, it scrolls by itself.
function keepInSight(way) {
  const [line, list] = [way, details].map((one) => one.getBoundingClientRect());
  const isSeen = line.top >= list.top && line.bottom <= list.bottom;
  if (!isSeen) details.scrollTop += line.top - list.top - list.height / 2;
}

// Above the line, or not: each heading that crosses it says so.
const watch = new IntersectionObserver(mark, { rootMargin: `9999999px 0px -${100 - 100 * READ_AT}% 0px` });
for (const heading of headings) if (heading) watch.observe(heading);

// It is seen open there; who hears the page is told the same.
function unfold() {
  details.open = WIDE.matches;
}

WIDE.addEventListener("change", unfold);
if (WIDE.matches) unfold();
