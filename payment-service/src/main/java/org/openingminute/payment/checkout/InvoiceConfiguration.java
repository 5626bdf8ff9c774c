package org.openingminute.payment.checkout;

import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.provider.PaymentProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class InvoiceConfiguration {

    /** Needs no guard, because it calls no remote system. */
    @Bean
    PaymentProvider invoiceProvider(PaymentServiceSettings settings) {
        return new InvoiceProvider(settings.publicUrl());
    }
}
