package org.openingminute.payment.documents;

import org.jspecify.annotations.Nullable;
import org.openingminute.payment.PaymentServiceSettings;

/**
 * The issuer of documents, as configured.
 *
 * @param seller {@code null} if none is configured; the conference is then the issuer
 * @param payTo the account for invoices, as lines; {@code null} if none is configured
 */
record Issuer(@Nullable Seller seller, @Nullable String payTo, boolean rehearsal) {

    static Issuer of(PaymentServiceSettings settings) {
        PaymentServiceSettings.DocumentSettings configured = settings.documents();
        return new Issuer(
                configured.sellerName().isBlank()
                        ? null
                        : new Seller(
                                configured.sellerName(),
                                emptyToNull(configured.sellerAddress()),
                                emptyToNull(configured.sellerTaxId())),
                emptyToNull(configured.payTo()),
                settings.mode() == PaymentServiceSettings.Mode.REHEARSAL);
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isBlank() ? null : text;
    }

    /**
     * The issuer's name and address.
     *
     * @param address in several lines
     */
    record Seller(
            String name, @Nullable String address, @Nullable String taxId) {}
}
