package org.openingminute.payment.receipt;

import org.jspecify.annotations.Nullable;

/**
 * Who issues the documents.
 *
 * @param address several lines
 */
record Seller(
        String name, @Nullable String address, @Nullable String taxId) {}
