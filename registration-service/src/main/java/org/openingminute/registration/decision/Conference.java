package org.openingminute.registration.decision;

import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Definition;
import tools.jackson.databind.JsonNode;

/**
 * A conference as it is in force.
 *
 * @param revision grows with each change of the definition or the sale's state
 * @param source the definition as it was sent
 * @param open false while the sale is paused
 * @param saleMessage the message for people while it is paused
 */
public record Conference(
        String slug,
        long revision,
        Definition definition,
        JsonNode source,
        boolean open,
        @Nullable String saleMessage) {}
