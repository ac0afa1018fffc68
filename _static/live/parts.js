// What the demonstrations are put together from.

function make(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const element = (name, attributes, ...children) => make(document.createElement(name), attributes, children);

export const svgElement = (name, attributes, ...children) =>
  make(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

// A labelled control, the element that holds both, and, for a slider, the place for its value.
export function field(name, attributes, control = element("input", attributes)) {
  const title = element("span", {}, name);
  const value = element("span", { class: "live-value" }); // not an <output>: the label would belong to it
  const label = element("label", {}, title, control);
  if (attributes.type === "range") title.append(" ", value);
  if (attributes.type === "text") control.autocomplete = "off";
  return [control, label, value];
}
