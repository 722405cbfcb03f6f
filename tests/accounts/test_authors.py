from __future__ import annotations

import pytest

from accounts.models import Author
from accounts.roles import Role
from tests.making import make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_whom_the_list_offers_is_whom_one_may_change(role):
    others = [make_person(role=Role.AUTHOR), make_person(role=Role.OWNER)]
    person = make_person(role=role)
    nobodys = Author.objects.create(name="Imported", handle="imported")
    offered = set(Author.objects.editable_by(person))
    assert offered == {author for author in Author.objects.all() if author.can_edit(person)}
    sees_all = role in {Role.EDITOR, Role.OWNER}
    assert (nobodys in offered) is sees_all
    assert (others[0].author in offered) is sees_all
    assert (person.author_or_none in offered) is (role is not Role.READER)
