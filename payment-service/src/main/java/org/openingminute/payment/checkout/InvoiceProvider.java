package org.openingminute.payment.checkout;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.openingminute.payment.provider.RefundRequest;
import org.openingminute.payment.provider.RefundResult;

/**
 * A provider whose work people do: the payer transfers the amount on the invoice, an organiser marks it as paid, and an organiser transfers
 * refunds. A session is the invoice; its name contains all its data, so nothing is stored.
 */
final class InvoiceProvider implements PaymentProvider {

    private static final String SEPARATOR = "/";

    private final String publicUrl;

    /** @param publicUrl the public URL of the gateway, without a trailing slash */
    InvoiceProvider(String publicUrl) {
        this.publicUrl = publicUrl;
    }

    @Override
    public String name() {
        return Capture.BY_TRANSFER;
    }

    @Override
    public ProviderSession open(SessionOrder order) {
        return session(order.request().registration(), order.key(), false);
    }

    /** Always empty: opening the session again gives the same one, so no lookup is needed. */
    @Override
    public Optional<ProviderSession> opened(UUID key) {
        return Optional.empty();
    }

    /** Reports no payment: organisers mark transfers in registration-service. */
    @Override
    public ProviderSession fetch(String session) {
        return named(session, false);
    }

    @Override
    public ProviderSession end(String session) {
        return named(session, true);
    }

    /** Returns pending: the refund stays so until an organiser marks it as transferred. */
    @Override
    public RefundResult refund(RefundRequest order) {
        return new RefundResult.Pending("transfer " + order.key());
    }

    @Override
    public Optional<RefundResult> refunded(RefundRequest order) {
        return Optional.of(refund(order));
    }

    private ProviderSession named(String session, boolean over) {
        String[] parts = session.split(SEPARATOR, 2);
        return session(UUID.fromString(parts[0]), UUID.fromString(parts[1]), over);
    }

    private ProviderSession session(UUID registration, UUID key, boolean over) {
        return new ProviderSession(
                registration + SEPARATOR + key,
                key,
                registration,
                URI.create(publicUrl + "/api/registrations/" + registration + "/invoice.pdf"),
                over,
                List.of());
    }
}
