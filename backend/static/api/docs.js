// Starts Swagger UI; a file of its own because the Content-Security-Policy allows no inline script.
"use strict";
window.SwaggerUIBundle({
  url: document.getElementById("docs").dataset.schema,
  dom_id: "#docs",
  deepLinking: true,
  // A hundred operations at once are only drawn as far as they are seen; the browser finds no word then.
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
});
