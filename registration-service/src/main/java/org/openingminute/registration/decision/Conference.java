package org.openingminute.registration.decision;

import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Definition;
import tools.jackson.databind.JsonNode;

/**
 * A conference as currently in force.
 *
 * @param revision grows with each change of the definition or of the sale's state
 * @param source the definition as it was sent
 * @param open false while the sale is paused
 * @param saleMessage the message shown to visitors while the sale is paused
 */
public record Conference(
        String slug,
        long revision,
        Definition definition,
        JsonNode source,
        boolean open,
        @Nullable String saleMessage) {}
