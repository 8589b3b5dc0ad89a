// Starts Swagger UI; a file of its own because the Content-Security-Policy allows no inline script.
"use strict";
window.SwaggerUIBundle({
  url: document.getElementById("docs").dataset.schema,
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
});
