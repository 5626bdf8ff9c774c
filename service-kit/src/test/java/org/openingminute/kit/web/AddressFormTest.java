package org.openingminute.kit.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressFormTest {

    @ParameterizedTest
    @CsvSource({
        "ada@example.org, ada@example.org",
        "' Ada+Conference@Example.ORG ', ada@example.org",
        "ada+a+b@example.org, ada@example.org",
        "+ada@example.org, +ada@example.org",
        "ada@ex+ample.org, ada@ex+ample.org",
        "nobody, nobody"
    })
    void owner_of_an_address_is_known_without_case_and_label(String address, String owner) {
        assertThat(AddressForm.unlabelled(address)).isEqualTo(owner);
    }
}
